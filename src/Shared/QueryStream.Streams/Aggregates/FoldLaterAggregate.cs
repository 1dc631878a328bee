using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Makes an aggregate fit for windows that must be merged although its accumulators cannot be: keeps rows, and folds them when a result is due.</summary>
internal sealed class FoldLaterAggregate<TIn, TAccumulator, TOut>(Aggregate<TIn, TAccumulator, TOut> inner) : KeptRowsAggregate<TIn, TOut>
    where TAccumulator : struct
{
    public override void Check(in TIn row, EventTime time) => inner.Check(row, time);

    protected override TOut Result(RowBuffer<TIn> rows, bool isFinal)
    {
        TAccumulator accumulator = default;
        for (int i = 0; i < rows.Count; i++)
        {
            inner.Add(ref accumulator, rows.Rows[i], rows.Times[i]);
        }

        return inner.Result(ref accumulator, isFinal);
    }
}
