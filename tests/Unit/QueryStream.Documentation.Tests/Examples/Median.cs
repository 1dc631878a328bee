using QueryStream.Core.Texts;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

#region window-function
/// <summary>The order in the middle of each window, by price.</summary>
public sealed class Median : WindowFunction<Text, Order, (Text Article, Window Window, long Order)>
{
    public override void Process(WindowRows<Order> rows, WindowContext<Text, (Text Article, Window Window, long Order)> context)
    {
        Order[] sorted = rows.Rows.ToArray();
        Array.Sort(sorted, static (a, b) => a.Price.CompareTo(b.Price));
        context.Emit((context.Key, context.Window, sorted[sorted.Length / 2].Id));
    }
}
#endregion
