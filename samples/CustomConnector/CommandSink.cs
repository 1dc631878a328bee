using System.Diagnostics;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Samples.CustomConnector;

/// <summary>A sink that writes rows as lines to the standard input of a command. Each subtask runs its own process.</summary>
/// <param name="command">A shell command.</param>
public sealed class CommandSink(string command) : ISink<string>
{
    /// <inheritdoc/>
    public ISinkWriter<string> CreateWriter(SinkContext context) => new Writer(command, context);

    private sealed class Writer(string command, SinkContext context) : ISinkWriter<string>
    {
        private const int MaxRows = 10_000;

        // Write must not block, so a loop writes in the background. IsFull limits the queue, since the task checks it before each batch.
        private readonly Channel<string[]> _waiting = Channel.CreateUnbounded<string[]>();
        private Task _loop = Task.CompletedTask;
        private int _rows;

        public bool IsFull => Volatile.Read(ref _rows) >= MaxRows;

        public bool IsFlushed => Volatile.Read(ref _rows) == 0;

        public Task OpenAsync(CancellationToken cancellationToken)
        {
            _loop = Task.Run(WriteAsync, CancellationToken.None);
            return Task.CompletedTask;
        }

        public void Write(Batch<string> batch)
        {
            // The batch is reused after this call, so the rows are copied.
            Interlocked.Add(ref _rows, batch.Count);
            _waiting.Writer.TryWrite(batch.Rows.ToArray());
        }

        public void Flush()
        {
            // Nothing is buffered to form larger packets.
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

                    // Wakes the task, since rows are acknowledged and the sink may no longer be full.
                    context.Acknowledged(rows.Length);
                    Interlocked.Add(ref _rows, -rows.Length);
                    context.Wake();
                }

                process.StandardInput.Close();
                await process.WaitForExitAsync();
            }
            catch (Exception e)
            {
                context.Fail(new ServiceRefusedException("Shell", $"The command '{command}' does not accept rows: {e.Message}", e));
            }
        }
    }
}
