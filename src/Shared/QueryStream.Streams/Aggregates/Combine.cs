using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Combines several aggregates into one, as nested pairs. The nesting costs nothing per row, since each part adds whole batches.</summary>
internal static class Combine
{
    public static Aggregate<T, (A1, A2), (R1, R2)> Of<T, A1, R1, A2, R2>(Aggregate<T, A1, R1> first, Aggregate<T, A2, R2> second)
        where A1 : struct
        where A2 : struct => new PairAggregate<T, A1, R1, A2, R2>(first, second);

    public static Aggregate<T, ((A1, A2), A3), (R1, R2, R3)> Of<T, A1, R1, A2, R2, A3, R3>(
        Aggregate<T, A1, R1> p1,
        Aggregate<T, A2, R2> p2,
        Aggregate<T, A3, R3> p3)
        where A1 : struct
        where A2 : struct
        where A3 : struct =>
        Of(Of(p1, p2), p3).Select(static r => (r.Item1.Item1, r.Item1.Item2, r.Item2));

    public static Aggregate<T, (((A1, A2), A3), A4), (R1, R2, R3, R4)> Of<T, A1, R1, A2, R2, A3, R3, A4, R4>(
        Aggregate<T, A1, R1> p1,
        Aggregate<T, A2, R2> p2,
        Aggregate<T, A3, R3> p3,
        Aggregate<T, A4, R4> p4)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct =>
        Of(Of(p1, p2, p3), p4).Select(static r => (r.Item1.Item1, r.Item1.Item2, r.Item1.Item3, r.Item2));

    public static Aggregate<T, ((((A1, A2), A3), A4), A5), (R1, R2, R3, R4, R5)> Of<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5>(
        Aggregate<T, A1, R1> p1,
        Aggregate<T, A2, R2> p2,
        Aggregate<T, A3, R3> p3,
        Aggregate<T, A4, R4> p4,
        Aggregate<T, A5, R5> p5)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct =>
        Of(Of(p1, p2, p3, p4), p5).Select(static r => (r.Item1.Item1, r.Item1.Item2, r.Item1.Item3, r.Item1.Item4, r.Item2));

    public static Aggregate<T, (((((A1, A2), A3), A4), A5), A6), (R1, R2, R3, R4, R5, R6)> Of<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5, A6, R6>(
        Aggregate<T, A1, R1> p1,
        Aggregate<T, A2, R2> p2,
        Aggregate<T, A3, R3> p3,
        Aggregate<T, A4, R4> p4,
        Aggregate<T, A5, R5> p5,
        Aggregate<T, A6, R6> p6)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
        where A6 : struct =>
        Of(Of(p1, p2, p3, p4, p5), p6).Select(static r => (r.Item1.Item1, r.Item1.Item2, r.Item1.Item3, r.Item1.Item4, r.Item1.Item5, r.Item2));

    public static Aggregate<T, ((((((A1, A2), A3), A4), A5), A6), A7), (R1, R2, R3, R4, R5, R6, R7)>
        Of<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5, A6, R6, A7, R7>(
            Aggregate<T, A1, R1> p1,
            Aggregate<T, A2, R2> p2,
            Aggregate<T, A3, R3> p3,
            Aggregate<T, A4, R4> p4,
            Aggregate<T, A5, R5> p5,
            Aggregate<T, A6, R6> p6,
            Aggregate<T, A7, R7> p7)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
        where A6 : struct
        where A7 : struct =>
        Of(Of(p1, p2, p3, p4, p5, p6), p7).Select(
            static r => (r.Item1.Item1, r.Item1.Item2, r.Item1.Item3, r.Item1.Item4, r.Item1.Item5, r.Item1.Item6, r.Item2));

    public static Aggregate<T, (((((((A1, A2), A3), A4), A5), A6), A7), A8), (R1, R2, R3, R4, R5, R6, R7, R8)>
        Of<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5, A6, R6, A7, R7, A8, R8>(
            Aggregate<T, A1, R1> p1,
            Aggregate<T, A2, R2> p2,
            Aggregate<T, A3, R3> p3,
            Aggregate<T, A4, R4> p4,
            Aggregate<T, A5, R5> p5,
            Aggregate<T, A6, R6> p6,
            Aggregate<T, A7, R7> p7,
            Aggregate<T, A8, R8> p8)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
        where A6 : struct
        where A7 : struct
        where A8 : struct =>
        Of(Of(p1, p2, p3, p4, p5, p6, p7), p8).Select(
            static r => (r.Item1.Item1, r.Item1.Item2, r.Item1.Item3, r.Item1.Item4, r.Item1.Item5, r.Item1.Item6, r.Item1.Item7, r.Item2));

    /// <summary>The aggregate, with a function applied to its result.</summary>
    public static Aggregate<T, A, R> Select<T, A, Q, R>(this Aggregate<T, A, Q> aggregate, Func<Q, R> select)
        where A : struct => new SelectAggregate<T, A, Q, R>(aggregate, select);
}

/// <summary>An aggregate with a function applied to its result.</summary>
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

    public override A Fork(in A accumulator) => inner.Fork(accumulator);

    public override R Result(ref A accumulator, bool isFinal) => select(inner.Result(ref accumulator, isFinal));

    public override long SizeOf(in A accumulator) => inner.SizeOf(accumulator);
}
