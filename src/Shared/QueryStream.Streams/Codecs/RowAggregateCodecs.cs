using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Codecs;

/// <summary>Encodes the sum as its high and its low half.</summary>
internal sealed class IntegerSumStateCodec : SurrogateCodec<IntegerSumState, (long, ulong, long)>
{
    protected override (long, ulong, long) To(in IntegerSumState value) =>
        ((long)(value.Sum >> 64), (ulong)(value.Sum & ulong.MaxValue), value.Count);

    protected override IntegerSumState From(in (long, ulong, long) surrogate, CodecReader reader) =>
        new() { Sum = ((Int128)surrogate.Item1 << 64) | surrogate.Item2, Count = surrogate.Item3 };
}

internal sealed class DecimalSumStateCodec : SurrogateCodec<DecimalSumState, (decimal Sum, long Count, long Overflows)>
{
    protected override (decimal Sum, long Count, long Overflows) To(in DecimalSumState value) => (value.Sum, value.Count, value.Overflows);

    protected override DecimalSumState From(in (decimal Sum, long Count, long Overflows) surrogate, CodecReader reader) =>
        new() { Sum = surrogate.Sum, Count = surrogate.Count, Overflows = surrogate.Overflows };
}

internal sealed class MinMaxStateCodec<T> : SurrogateCodec<MinMaxState<T>, T[]?>
{
    protected override T[]? To(in MinMaxState<T> value) => value.HasValue ? [value.Value] : null;

    protected override MinMaxState<T> From(in T[]? surrogate, CodecReader reader) =>
        surrogate is [var value, ..] ? new() { Value = value, HasValue = true } : default;
}

internal sealed class FirstLastStateCodec<T> : SurrogateCodec<FirstLastState<T>, (EventTime, T)[]?>
{
    protected override (EventTime, T)[]? To(in FirstLastState<T> value) => value.HasValue ? [(value.Time, value.Value)] : null;

    protected override FirstLastState<T> From(in (EventTime, T)[]? surrogate, CodecReader reader) =>
        surrogate is [var (time, value), ..] ? new() { Time = time, Value = value, HasValue = true } : default;
}

internal sealed class ReduceStateCodec<T> : SurrogateCodec<ReduceState<T>, T[]?>
{
    protected override T[]? To(in ReduceState<T> value) => value.HasRow ? [value.Row] : null;

    protected override ReduceState<T> From(in T[]? surrogate, CodecReader reader) =>
        surrogate is [var row, ..] ? new() { Row = row, HasRow = true } : default;
}

internal sealed class DistinctStateCodec<T> : SurrogateCodec<DistinctState<T>, T[]?>
{
    protected override T[]? To(in DistinctState<T> value) => value.Values?.Values.ToArray();

    protected override DistinctState<T> From(in T[]? surrogate, CodecReader reader)
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
