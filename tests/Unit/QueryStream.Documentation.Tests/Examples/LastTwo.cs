using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

#region evictor
/// <summary>Leaves the last two rows.</summary>
public sealed class LastTwo : Evictor<Order>
{
    public override void Before(WindowRows<Order> rows, Window window) => rows.KeepLast(2);
}
#endregion
