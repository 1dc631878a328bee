using System.Text;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Terminal;

/// <summary>
/// Prints the rows of one subtask: makes their lines in turns of the task, and has a loop of its own print them, since who reads a pipe may take long.
/// </summary>
internal sealed class ConsoleWriter<T>(Func<T, string> format, string prefix, TextWriter? output, SinkContext context) : ISinkWriter<T>
{
    private const int FullLines = 10_000;

    private readonly Channel<(string Lines, int Rows)> _waiting =
        Channel.CreateUnbounded<(string Lines, int Rows)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private Task _loop = Task.CompletedTask;

    // Added to by the task, taken from by the loop.
    private int _waitingRows;

    public bool IsFull => Volatile.Read(ref _waitingRows) >= FullLines;

    public bool IsFlushed => Volatile.Read(ref _waitingRows) == 0;

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(PrintAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public void Write(Batch<T> batch)
    {
        StringBuilder lines = new();
        int next = 0;
        try
        {
            for (; next < batch.Count; next++)
            {
                lines.Append(prefix).Append(format(batch.Rows[next])).Append('\n');
            }
        }
        catch (Exception) when (context.Blame(next))
        {
            // Blame never catches: it only notes the row.
            throw;
        }

        Interlocked.Add(ref _waitingRows, batch.Count);
        _ = _waiting.Writer.TryWrite((lines.ToString(), batch.Count));
    }

    public void Flush()
    {
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task PrintAllAsync()
    {
        // One call a batch, so that the lines of subtasks do not mix.
        TextWriter to = output ?? Console.Out;
        try
        {
            await foreach ((string lines, int rows) in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await to.WriteAsync(lines).ConfigureAwait(false);
                context.Acknowledged(rows);
                Interlocked.Add(ref _waitingRows, -rows);
                context.Wake();
            }

            await to.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            context.Fail(new ServiceRefusedException("Console", $"Rows cannot be printed: {e.Message}", e));
        }
    }
}
