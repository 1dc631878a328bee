using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Windows;

/// <summary>Folds the rows of windows that keep them.</summary>
internal sealed class FoldFunction<TKey, T, TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate) : WindowFunction<TKey, T, WindowResult<TKey, TOut>>
    where TAccumulator : struct
{
    public override void Process(WindowRows<T> rows, WindowContext<TKey, WindowResult<TKey, TOut>> context)
    {
        TAccumulator accumulator = default;
        for (int i = 0; i < rows.Count; i++)
        {
            aggregate.Add(ref accumulator, rows.Rows[i], rows.Times[i]);
        }

        TOut value = aggregate.Result(ref accumulator, isFinal: context.Pane != Pane.Early);
        context.Emit(new WindowResult<TKey, TOut>(context.Key, context.Window, context.Pane, value));
    }
}
