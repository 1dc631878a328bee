using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Codecs;

/// <summary>The sum in two halves, the high one first.</summary>
internal sealed class WholeStateCodec : SurrogateCodec<WholeState, (long, ulong, long)>
{
    protected override (long, ulong, long) To(in WholeState value) => ((long)(value.Sum >> 64), (ulong)(value.Sum & ulong.MaxValue), value.Count);

    protected override WholeState From(in (long, ulong, long) surrogate, CodecReader reader) =>
        new() { Sum = ((Int128)surrogate.Item1 << 64) | surrogate.Item2, Count = surrogate.Item3 };
}

internal sealed class DecimalStateCodec : SurrogateCodec<DecimalState, (decimal, long)>
{
    protected override (decimal, long) To(in DecimalState value) => (value.Sum, value.Count);

    protected override DecimalState From(in (decimal, long) surrogate, CodecReader reader) => new() { Sum = surrogate.Item1, Count = surrogate.Item2 };
}

internal sealed class BestStateCodec<T> : SurrogateCodec<BestState<T>, T[]?>
{
    protected override T[]? To(in BestState<T> value) => value.HasValue ? [value.Value] : null;

    protected override BestState<T> From(in T[]? surrogate, CodecReader reader) =>
        surrogate is [var value, ..] ? new() { Value = value, HasValue = true } : default;
}

internal sealed class EdgeStateCodec<T> : SurrogateCodec<EdgeState<T>, (EventTime, T)[]?>
{
    protected override (EventTime, T)[]? To(in EdgeState<T> value) => value.HasValue ? [(value.Time, value.Value)] : null;

    protected override EdgeState<T> From(in (EventTime, T)[]? surrogate, CodecReader reader) =>
        surrogate is [var (time, value), ..] ? new() { Time = time, Value = value, HasValue = true } : default;
}

internal sealed class ReduceStateCodec<T> : SurrogateCodec<ReduceState<T>, T[]?>
{
    protected override T[]? To(in ReduceState<T> value) => value.HasRow ? [value.Row] : null;

    protected override ReduceState<T> From(in T[]? surrogate, CodecReader reader) =>
        surrogate is [var row, ..] ? new() { Row = row, HasRow = true } : default;
}

internal sealed class DistinctOfStateCodec<T> : SurrogateCodec<DistinctOfState<T>, T[]?>
{
    protected override T[]? To(in DistinctOfState<T> value) => value.Values?.Values.ToArray();

    protected override DistinctOfState<T> From(in T[]? surrogate, CodecReader reader)
    {
        if (surrogate is null)
        {
            return default;
        }

        ValueSet<T> values = new();
        foreach (ref readonly T value in surrogate.AsSpan())
        {
            values.Add(value);
        }

        return new() { Values = values };
    }
}

internal sealed class RowListCodec<T> : SurrogateCodec<RowList<T>, (EventTime, T)[]?>
{
    protected override (EventTime, T)[]? To(in RowList<T> value) => value.Rows?.ToArray();

    protected override RowList<T> From(in (EventTime, T)[]? surrogate, CodecReader reader) => new() { Rows = RowBuffer<T>.Of(surrogate) };
}

internal sealed class TopStateCodec<T> : SurrogateCodec<TopState<T>, (EventTime, T)[]?>
{
    protected override (EventTime, T)[]? To(in TopState<T> value) => value.Rows?.ToArray();

    protected override TopState<T> From(in (EventTime, T)[]? surrogate, CodecReader reader) => new() { Rows = RowBuffer<T>.Of(surrogate) };
}
