using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>An aggregate whose result is given in another form.</summary>
internal sealed class SelectAggregate<T, A, Q, R>(Aggregate<T, A, Q> inner, Func<Q, R> select) : Aggregate<T, A, R>
    where A : struct
{
    public override bool IsMergeable => inner.IsMergeable;

    public override void Add(ref A accumulator, in T row) => inner.Add(ref accumulator, row);

    public override void Add(ref A accumulator, in T row, EventTime time) => inner.Add(ref accumulator, row, time);

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times) =>
        inner.AddBatch(accumulators, rows, times);

    public override void Merge(ref A into, ref A from) => inner.Merge(ref into, ref from);

    public override void MergeCopy(ref A into, in A from) => inner.MergeCopy(ref into, from);

    public override A Copy(in A accumulator) => inner.Copy(accumulator);

    public override R Result(ref A accumulator, bool isFinal) => select(inner.Result(ref accumulator, isFinal));

    public override long SizeOf(in A accumulator) => inner.SizeOf(accumulator);
}
