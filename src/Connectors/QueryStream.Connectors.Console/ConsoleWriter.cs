using System.Globalization;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Terminal;

/// <summary>
/// Prints the rows of one subtask. Turns collect lines while earlier lines are printed outside of turns, since the reader of a pipe may be slow.
/// </summary>
internal sealed class ConsoleWriter<T>(Func<T, string> format, string prefix, TextWriter output, SinkContext context) : ISinkWriter<T>
{
    private const int FullRows = 10_000;

    private readonly StringBuilder _lines = new();
    private int _rows;
    private bool _isPrinting;

    public bool IsFull => _rows >= FullRows;

    public bool IsFlushed => _rows == 0 && !_isPrinting;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Write(Batch<T> batch)
    {
        // Formats numbers in ToString the same way on every machine.
        CultureInfo culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            for (context.Row = 0; context.Row < batch.Count; context.Row++)
            {
                _lines.Append(prefix).Append(format(batch.Rows[context.Row])).Append('\n');
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        _rows += batch.Count;
        PrintNext();
    }

    public void Flush()
    {
    }

    public ValueTask DisposeAsync() => default;

    private void PrintNext()
    {
        if (_isPrinting || _rows == 0)
        {
            return;
        }

        (string lines, int rows) = (_lines.ToString(), _rows);
        _lines.Clear();
        (_rows, _isPrinting) = (0, true);
        context.AddBytes(Encoding.UTF8.GetByteCount(lines));
        context.Start(_ => PrintAsync(lines), failure => OnPrinted(failure, rows));
    }

    private void OnPrinted(Exception? failure, int rows)
    {
        if (failure is not null)
        {
            context.Fail(failure);
            return;
        }

        context.Acknowledged(rows);
        _isPrinting = false;
        PrintNext();
        context.Wake();
    }

    // One call for all lines, so that lines of several subtasks do not mix.
    private async Task PrintAsync(string lines)
    {
        try
        {
            await output.WriteAsync(lines).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new ServiceRefusedException("Console", $"Rows cannot be printed: {e.Message}", e);
        }
    }
}
