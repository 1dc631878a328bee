using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Windows.Rows;

/// <summary>Leaves the last two rows for the result, and only the last one for the next.</summary>
internal sealed class LastTwo : Evictor<Sale>
{
    public override void Before(WindowRows<Sale> rows, Window window) => rows.KeepLast(2);

    public override void After(WindowRows<Sale> rows, Window window)
    {
        Sale last = rows.Rows[^1];
        rows.RemoveWhere((row, _) => row != last);
    }
}
