using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

/// <summary>Folds rows like the engine: in parts that are merged, copied, or encoded and decoded in between.</summary>
internal static class AggregateLaws
{
    public static TOut FoldAnyhow<T, TAccumulator, TOut>(
        this Aggregate<T, TAccumulator, TOut> aggregate, IReadOnlyList<(T Row, long Time)> rows, ulong seed)
        where TAccumulator : struct
    {
        SeededRandom random = new(seed);
        TAccumulator[] parts = new TAccumulator[1 + random.Next(5)];
        foreach ((T row, long time) in rows)
        {
            ref TAccumulator part = ref parts[random.Next(parts.Length)];
            aggregate.Add(ref part, row, new EventTime(time));
            if (random.Next(10) == 0)
            {
                part = Written(part);
            }
        }

        TAccumulator all = default;
        foreach (ref TAccumulator part in parts.AsSpan())
        {
            MergeAnyhow(aggregate, ref all, ref part, random);
        }

        aggregate.Result(ref all, isFinal: false);
        TAccumulator copy = random.Next(2) == 0 ? aggregate.Copy(all) : Written(all);
        return aggregate.Result(ref copy, isFinal: true);
    }

    private static void MergeAnyhow<T, TAccumulator, TOut>(
        Aggregate<T, TAccumulator, TOut> aggregate, ref TAccumulator all, ref TAccumulator part, SeededRandom random)
        where TAccumulator : struct
    {
        if (random.Next(2) == 0)
        {
            aggregate.Merge(ref all, ref part);
            return;
        }

        byte[] before = Bytes(part);
        aggregate.MergeCopy(ref all, part);
        Assert.Equal(before, Bytes(part));
        Assert.True(aggregate.SizeOf(part) >= 0);
    }

    private static TAccumulator Written<TAccumulator>(TAccumulator accumulator) =>
        Codec<TAccumulator>.Instance.Read(new CodecReader(Bytes(accumulator)));

    private static byte[] Bytes<TAccumulator>(TAccumulator accumulator)
    {
        CodecWriter writer = new();
        Codec<TAccumulator>.Instance.Write(writer, accumulator);
        return writer.Written.ToArray();
    }
}
