namespace QueryStream.Streams.Aggregates;

/// <summary>Makes one aggregate of several, whose accumulators lie side by side.</summary>
internal static class Combine
{
    public static Aggregate<T, (A1, A2), (R1, R2)> Of<T, A1, R1, A2, R2>((Aggregate<T, A1, R1>, Aggregate<T, A2, R2>) parts)
        where A1 : struct
        where A2 : struct =>
        new Combined<T, A1, R1, A2, R2>(parts.Item1, parts.Item2);

    public static Aggregate<T, (A1, A2, A3), (R1, R2, R3)> Of<T, A1, R1, A2, R2, A3, R3>((Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>) parts)
        where A1 : struct
        where A2 : struct
        where A3 : struct =>
        new Combined<T, A1, R1, A2, R2, A3, R3>(parts.Item1, parts.Item2, parts.Item3);

    public static Aggregate<T, (A1, A2, A3, A4), (R1, R2, R3, R4)> Of<T, A1, R1, A2, R2, A3, R3, A4, R4>((Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>) parts)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct =>
        new Combined<T, A1, R1, A2, R2, A3, R3, A4, R4>(parts.Item1, parts.Item2, parts.Item3, parts.Item4);

    public static Aggregate<T, (A1, A2, A3, A4, A5), (R1, R2, R3, R4, R5)> Of<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5>((Aggregate<T, A1, R1>, Aggregate<T, A2, R2>, Aggregate<T, A3, R3>, Aggregate<T, A4, R4>, Aggregate<T, A5, R5>) parts)
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct =>
        new Combined<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5>(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5);

    private sealed class Combined<T, A1, R1, A2, R2>(
        Aggregate<T, A1, R1> first,
        Aggregate<T, A2, R2> second)
        : Aggregate<T, (A1, A2), (R1, R2)>
        where A1 : struct
        where A2 : struct
    {
        public override void Add(ref (A1, A2) accumulator, in T row)
        {
            first.Add(ref accumulator.Item1, row);
            second.Add(ref accumulator.Item2, row);
        }

        public override void Merge(ref (A1, A2) into, ref (A1, A2) from)
        {
            first.Merge(ref into.Item1, ref from.Item1);
            second.Merge(ref into.Item2, ref from.Item2);
        }

        public override (R1, R2) Result(ref (A1, A2) accumulator, bool isFinal) => (
            first.Result(ref accumulator.Item1, isFinal),
            second.Result(ref accumulator.Item2, isFinal));

        public override long SizeOf(in (A1, A2) accumulator) =>
            first.SizeOf(accumulator.Item1) + second.SizeOf(accumulator.Item2);
    }

    private sealed class Combined<T, A1, R1, A2, R2, A3, R3>(
        Aggregate<T, A1, R1> first,
        Aggregate<T, A2, R2> second,
        Aggregate<T, A3, R3> third)
        : Aggregate<T, (A1, A2, A3), (R1, R2, R3)>
        where A1 : struct
        where A2 : struct
        where A3 : struct
    {
        public override void Add(ref (A1, A2, A3) accumulator, in T row)
        {
            first.Add(ref accumulator.Item1, row);
            second.Add(ref accumulator.Item2, row);
            third.Add(ref accumulator.Item3, row);
        }

        public override void Merge(ref (A1, A2, A3) into, ref (A1, A2, A3) from)
        {
            first.Merge(ref into.Item1, ref from.Item1);
            second.Merge(ref into.Item2, ref from.Item2);
            third.Merge(ref into.Item3, ref from.Item3);
        }

        public override (R1, R2, R3) Result(ref (A1, A2, A3) accumulator, bool isFinal) => (
            first.Result(ref accumulator.Item1, isFinal),
            second.Result(ref accumulator.Item2, isFinal),
            third.Result(ref accumulator.Item3, isFinal));

        public override long SizeOf(in (A1, A2, A3) accumulator) =>
            first.SizeOf(accumulator.Item1) + second.SizeOf(accumulator.Item2) + third.SizeOf(accumulator.Item3);
    }

    private sealed class Combined<T, A1, R1, A2, R2, A3, R3, A4, R4>(
        Aggregate<T, A1, R1> first,
        Aggregate<T, A2, R2> second,
        Aggregate<T, A3, R3> third,
        Aggregate<T, A4, R4> fourth)
        : Aggregate<T, (A1, A2, A3, A4), (R1, R2, R3, R4)>
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
    {
        public override void Add(ref (A1, A2, A3, A4) accumulator, in T row)
        {
            first.Add(ref accumulator.Item1, row);
            second.Add(ref accumulator.Item2, row);
            third.Add(ref accumulator.Item3, row);
            fourth.Add(ref accumulator.Item4, row);
        }

        public override void Merge(ref (A1, A2, A3, A4) into, ref (A1, A2, A3, A4) from)
        {
            first.Merge(ref into.Item1, ref from.Item1);
            second.Merge(ref into.Item2, ref from.Item2);
            third.Merge(ref into.Item3, ref from.Item3);
            fourth.Merge(ref into.Item4, ref from.Item4);
        }

        public override (R1, R2, R3, R4) Result(ref (A1, A2, A3, A4) accumulator, bool isFinal) => (
            first.Result(ref accumulator.Item1, isFinal),
            second.Result(ref accumulator.Item2, isFinal),
            third.Result(ref accumulator.Item3, isFinal),
            fourth.Result(ref accumulator.Item4, isFinal));

        public override long SizeOf(in (A1, A2, A3, A4) accumulator) =>
            first.SizeOf(accumulator.Item1) + second.SizeOf(accumulator.Item2) + third.SizeOf(accumulator.Item3) + fourth.SizeOf(accumulator.Item4);
    }

    private sealed class Combined<T, A1, R1, A2, R2, A3, R3, A4, R4, A5, R5>(
        Aggregate<T, A1, R1> first,
        Aggregate<T, A2, R2> second,
        Aggregate<T, A3, R3> third,
        Aggregate<T, A4, R4> fourth,
        Aggregate<T, A5, R5> fifth)
        : Aggregate<T, (A1, A2, A3, A4, A5), (R1, R2, R3, R4, R5)>
        where A1 : struct
        where A2 : struct
        where A3 : struct
        where A4 : struct
        where A5 : struct
    {
        public override void Add(ref (A1, A2, A3, A4, A5) accumulator, in T row)
        {
            first.Add(ref accumulator.Item1, row);
            second.Add(ref accumulator.Item2, row);
            third.Add(ref accumulator.Item3, row);
            fourth.Add(ref accumulator.Item4, row);
            fifth.Add(ref accumulator.Item5, row);
        }

        public override void Merge(ref (A1, A2, A3, A4, A5) into, ref (A1, A2, A3, A4, A5) from)
        {
            first.Merge(ref into.Item1, ref from.Item1);
            second.Merge(ref into.Item2, ref from.Item2);
            third.Merge(ref into.Item3, ref from.Item3);
            fourth.Merge(ref into.Item4, ref from.Item4);
            fifth.Merge(ref into.Item5, ref from.Item5);
        }

        public override (R1, R2, R3, R4, R5) Result(ref (A1, A2, A3, A4, A5) accumulator, bool isFinal) => (
            first.Result(ref accumulator.Item1, isFinal),
            second.Result(ref accumulator.Item2, isFinal),
            third.Result(ref accumulator.Item3, isFinal),
            fourth.Result(ref accumulator.Item4, isFinal),
            fifth.Result(ref accumulator.Item5, isFinal));

        public override long SizeOf(in (A1, A2, A3, A4, A5) accumulator) =>
            first.SizeOf(accumulator.Item1) + second.SizeOf(accumulator.Item2) + third.SizeOf(accumulator.Item3) + fourth.SizeOf(accumulator.Item4) + fifth.SizeOf(accumulator.Item5);
    }
}
