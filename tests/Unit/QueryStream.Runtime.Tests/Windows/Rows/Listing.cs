using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Windows.Rows;

/// <summary>Lists the rows of a window, and says how often it did.</summary>
internal sealed class Listing(bool hasState = true) : WindowFunction<int, Sale, string>
{
    public static readonly SideOutput<long> Sizes = new("sizes");

    private ValueState<int>? _calls;

    public override void Open(KeyedStateContext state) => _calls = hasState ? state.Value<int>("calls") : null;

    public override void Process(WindowRows<Sale> rows, WindowContext<int, string> context)
    {
        if (_calls is not null)
        {
            _calls.Value++;
        }

        List<string> times = [];
        foreach (Sale row in rows.Rows)
        {
            if (row.Time == 13)
            {
                throw new InvalidOperationException("Thirteen.");
            }

            times.Add($"{row.Time}");
        }

        context.Emit(Sizes, rows.Count);
        context.Emit($"{context.Key} {context.Window.Start.Milliseconds}..{context.Window.End.Milliseconds} {context.Pane} {_calls?.Value}: {string.Join(' ', times)}");
    }
}
