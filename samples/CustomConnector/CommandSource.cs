using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Samples.CustomConnector;

/// <summary>
/// A source of the lines that a command prints. It is part of the job's definition, so it only holds settings. The command is the only split, and the
/// position is the line number: a restored reader runs the command again and skips the lines that were read before. This is correct for commands
/// that print the same lines each time.
/// </summary>
/// <param name="command">A shell command.</param>
public sealed class CommandSource(string command) : ISource<string>
{
    /// <inheritdoc/>
    public bool IsBounded => true;

    /// <inheritdoc/>
    public ISourceReader<string> CreateReader(SourceContext context) => new Reader(command, context);

    private sealed class Reader(string command, SourceContext context) : ISourceReader<string>
    {
        private const int LinesAhead = 1_000;

        // Poll must not block, so a loop reads ahead. If the channel is full, the loop waits, and so does the command.
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(LinesAhead);
        private readonly CancellationTokenSource _closing = new();
        private readonly bool _isMine = context.Task.Subtask == 0;
        private Task _loop = Task.CompletedTask;
        private long _next;

        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
        {
            if (!_isMine)
            {
                // There is only one split, so other subtasks have none.
                return Task.FromResult<IReadOnlyList<string>>([]);
            }

            _next = context.Restored.TryGetValue(command, out long last) ? last + 1 : 0;
            _loop = Task.Run(() => ReadAsync(_next, _closing.Token), CancellationToken.None);
            return Task.FromResult<IReadOnlyList<string>>([command]);
        }

        public SourcePoll Poll(SourceBatch<string> batch)
        {
            if (!_isMine)
            {
                return SourcePoll.End;
            }

            batch.BeginSplit(0);
            while (!batch.IsFull && _lines.Reader.TryRead(out string? line))
            {
                Add(line, batch);
            }

            if (_lines.Reader.Completion.IsCompleted)
            {
                batch.EndSplit(0);
                return SourcePoll.End;
            }

            // If the channel is empty, wait: the loop wakes the task for each new line.
            return batch.IsFull ? SourcePoll.More : SourcePoll.Wait;
        }

        public async ValueTask DisposeAsync()
        {
            await _closing.CancelAsync();
            await _loop;
        }

        private void Add(string line, SourceBatch<string> batch)
        {
            long number = _next++;
            if (line.Length == 0)
            {
                // An invalid line becomes a dead letter, and counts in the position like a row.
                batch.AddDeadLetter(
                    new DeadLetter(command, 0, number, "empty-line", string.Create(CultureInfo.InvariantCulture, $"line {number + 1}"), null));
            }
            else if (!batch.TryAdd(line, EventTime.From(context.Time.GetUtcNow()), number))
            {
                batch.AddDeadLetter(new DeadLetter(command, 0, number, "time-out-of-range", "", null), refusedByTime: true);
            }
        }

        private async Task ReadAsync(long passed, CancellationToken cancellationToken)
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
                using CancellationTokenRegistration stop = cancellationToken.Register(process.Kill);
                for (long number = 0; await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line; number++)
                {
                    if (number >= passed)
                    {
                        await _lines.Writer.WriteAsync(line, cancellationToken);
                        context.Wake();
                    }
                }

                _lines.Writer.Complete();
                context.Wake();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Closing.
            }
            catch (Exception e)
            {
                // Permanent errors fail the task. A connector with connections would retry temporary ones here.
                context.Fail(new ServiceRefusedException("Shell", $"The command '{command}' cannot be run: {e.Message}", e));
            }
        }
    }
}
