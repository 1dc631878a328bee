using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Samples.CustomConnector;

/// <summary>
/// A source of the lines that a command prints. It is part of the job's definition, so it holds settings and opens nothing. The only split is the
/// command, and a position in it the number of a line: who restores a snapshot runs the command again and passes over what was read before, which
/// is right for commands that print the same each time.
/// </summary>
/// <param name="command">A command of the shell.</param>
public sealed class CommandSource(string command) : ISource<string>
{
    /// <inheritdoc/>
    public bool IsBounded => true;

    /// <inheritdoc/>
    public ISourceReader<string> CreateReader(SourceContext context) => new Reader(command, context);

    private sealed class Reader(string command, SourceContext context) : ISourceReader<string>
    {
        private const int LinesAhead = 1_000;

        // Polls must not wait, so a loop reads ahead of them; where it is full the loop waits, and with it the command.
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(LinesAhead);
        private readonly CancellationTokenSource _closing = new();
        private readonly bool _isMine = context.Task.Subtask == 0;
        private Task _loop = Task.CompletedTask;
        private long _next;

        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
        {
            if (!_isMine)
            {
                // One command, one split: the other subtasks have none.
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

            // Wait: the loop wakes the task for each line, also for one that has come since.
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
                // What is no row is told of, and counts in the position as a row does.
                batch.AddDeadLetter(new DeadLetter(command, 0, number, "empty-line", string.Create(CultureInfo.InvariantCulture, $"line {number + 1}"), null));
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
                // What waiting cannot mend fails the task; a lost connection would be tried again here.
                context.Fail(new ServiceRefusedException("Shell", $"The command '{command}' cannot be run: {e.Message}", e));
            }
        }
    }
}
