using System.Diagnostics;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Samples.CustomConnector;

/// <summary>A sink that writes rows, one a line, to the standard input of a command; each subtask runs its own.</summary>
/// <param name="command">A command of the shell.</param>
public sealed class CommandSink(string command) : ISink<string>
{
    /// <inheritdoc/>
    public ISinkWriter<string> CreateWriter(SinkContext context) => new Writer(command, context);

    private sealed class Writer(string command, SinkContext context) : ISinkWriter<string>
    {
        private const int MostRows = 10_000;

        // Writes must not wait, so a loop does; the task asks IsFull before each batch, which bounds what is in here.
        private readonly Channel<string[]> _waiting = Channel.CreateUnbounded<string[]>();
        private Task _loop = Task.CompletedTask;
        private int _rows;

        public bool IsFull => Volatile.Read(ref _rows) >= MostRows;

        public bool IsFlushed => Volatile.Read(ref _rows) == 0;

        public Task OpenAsync(CancellationToken cancellationToken)
        {
            _loop = Task.Run(WriteAsync, CancellationToken.None);
            return Task.CompletedTask;
        }

        public void Write(Batch<string> batch)
        {
            // The batch is only lent: what is to stay is copied.
            Interlocked.Add(ref _rows, batch.Count);
            _waiting.Writer.TryWrite(batch.Rows.ToArray());
        }

        public void Flush()
        {
            // Nothing is held back to make larger packets.
        }

        public async ValueTask DisposeAsync()
        {
            _waiting.Writer.TryComplete();
            await _loop;
        }

        private async Task WriteAsync()
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardInput = true })!;
                await foreach (string[] rows in _waiting.Reader.ReadAllAsync())
                {
                    foreach (string row in rows)
                    {
                        await process.StandardInput.WriteLineAsync(row);
                    }

                    await process.StandardInput.FlushAsync();

                    // Acknowledged and no longer full: the task is told of both.
                    context.Acknowledged(rows.Length);
                    Interlocked.Add(ref _rows, -rows.Length);
                    context.Wake();
                }

                process.StandardInput.Close();
                await process.WaitForExitAsync();
            }
            catch (Exception e)
            {
                context.Fail(new ServiceRefusedException("Shell", $"The command '{command}' takes no more rows: {e.Message}", e));
            }
        }
    }
}
