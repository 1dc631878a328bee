using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Two aggregates as one; its accumulator is the pair of their accumulators.</summary>
internal sealed class PairAggregate<T, A1, R1, A2, R2>(Aggregate<T, A1, R1> first, Aggregate<T, A2, R2> second) : Aggregate<T, (A1, A2), (R1, R2)>
    where A1 : struct
    where A2 : struct
{
    public override bool IsMergeable => first.IsMergeable && second.IsMergeable;

    public override void Add(ref (A1, A2) accumulator, in T row)
    {
        first.Add(ref accumulator.Item1, row);
        second.Add(ref accumulator.Item2, row);
    }

    public override void Add(ref (A1, A2) accumulator, in T row, EventTime time)
    {
        first.Add(ref accumulator.Item1, row, time);
        second.Add(ref accumulator.Item2, row, time);
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times)
    {
        first.AddBatch(new Firsts<TAccumulators>(accumulators), rows, times);
        second.AddBatch(new Seconds<TAccumulators>(accumulators), rows, times);
    }

    public override void Merge(ref (A1, A2) into, ref (A1, A2) from)
    {
        first.Merge(ref into.Item1, ref from.Item1);
        second.Merge(ref into.Item2, ref from.Item2);
    }

    public override void MergeCopy(ref (A1, A2) into, in (A1, A2) from)
    {
        first.MergeCopy(ref into.Item1, from.Item1);
        second.MergeCopy(ref into.Item2, from.Item2);
    }

    public override (A1, A2) Copy(in (A1, A2) accumulator) => (first.Copy(accumulator.Item1), second.Copy(accumulator.Item2));

    public override (A1, A2) Fork(in (A1, A2) accumulator) => (first.Fork(accumulator.Item1), second.Fork(accumulator.Item2));

    public override (R1, R2) Result(ref (A1, A2) accumulator, bool isFinal) =>
        (first.Result(ref accumulator.Item1, isFinal), second.Result(ref accumulator.Item2, isFinal));

    public override long SizeOf(in (A1, A2) accumulator) => first.SizeOf(accumulator.Item1) + second.SizeOf(accumulator.Item2);

    private readonly ref struct Firsts<TBoth>(TBoth both) : IAccumulators<A1>
        where TBoth : struct, IAccumulators<(A1, A2)>, allows ref struct
    {
        private readonly TBoth _both = both;

        public ref A1 this[int row] => ref _both[row].Item1;
    }

    private readonly ref struct Seconds<TBoth>(TBoth both) : IAccumulators<A2>
        where TBoth : struct, IAccumulators<(A1, A2)>, allows ref struct
    {
        private readonly TBoth _both = both;

        public ref A2 this[int row] => ref _both[row].Item2;
    }
}
