using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator that keeps all rows.</summary>
/// <typeparam name="T">The rows.</typeparam>
public struct RowList<T>
{
    internal RowBuffer<T>? Rows;
}

/// <summary>Keeps the rows and computes each result from all of them, ordered by event time.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The result.</typeparam>
internal abstract class KeptRowsAggregate<TIn, TOut> : Aggregate<TIn, RowList<TIn>, TOut>
{
    public sealed override void Add(ref RowList<TIn> accumulator, in TIn row) => Add(ref accumulator, row, default);

    public sealed override void Add(ref RowList<TIn> accumulator, in TIn row, EventTime time) =>
        (accumulator.Rows ??= new RowBuffer<TIn>()).Add(KeptValue<TIn>.Of(row), time);

    public sealed override void Merge(ref RowList<TIn> into, ref RowList<TIn> from)
    {
        if (into.Rows is null)
        {
            into = from;
        }
        else
        {
            MergeCopy(ref into, from);
        }
    }

    public sealed override void MergeCopy(ref RowList<TIn> into, in RowList<TIn> from)
    {
        if (from.Rows is not null)
        {
            (into.Rows ??= new RowBuffer<TIn>()).AddAll(from.Rows);
        }
    }

    public sealed override RowList<TIn> Copy(in RowList<TIn> accumulator)
    {
        RowList<TIn> copy = default;
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public sealed override RowList<TIn> Fork(in RowList<TIn> accumulator) => new() { Rows = accumulator.Rows?.Fork() };

    public sealed override TOut Result(ref RowList<TIn> accumulator, bool isFinal)
    {
        RowBuffer<TIn> rows = accumulator.Rows ?? new RowBuffer<TIn>();
        rows.Sort();
        return Result(rows, isFinal);
    }

    public sealed override long SizeOf(in RowList<TIn> accumulator) => accumulator.Rows?.Bytes ?? 0;

    /// <summary>The result of the ordered rows.</summary>
    protected abstract TOut Result(RowBuffer<TIn> rows, bool isFinal);
}

/// <summary>All rows.</summary>
internal sealed class CollectAggregate<TIn> : KeptRowsAggregate<TIn, IReadOnlyList<TIn>>
{
    protected override IReadOnlyList<TIn> Result(RowBuffer<TIn> rows, bool isFinal) => rows.Rows.ToArray();
}

/// <summary>Lets merging windows use an aggregate that is not mergeable: keeps the rows and aggregates them when the window fires.</summary>
internal sealed class BufferingAggregate<TIn, TAccumulator, TOut>(Aggregate<TIn, TAccumulator, TOut> inner) : KeptRowsAggregate<TIn, TOut>
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
