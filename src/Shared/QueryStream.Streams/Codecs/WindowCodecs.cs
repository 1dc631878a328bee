using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Codecs;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

[assembly: CodecOf(typeof(Window), typeof(WindowCodec))]
[assembly: CodecOf(typeof(WindowResult<,>), typeof(WindowResultCodec<,>))]
[assembly: CodecOf(typeof(Partial<,>), typeof(PartialCodec<,>))]

namespace QueryStream.Streams.Codecs;

internal sealed class WindowCodec : SurrogateCodec<Window, (EventTime, EventTime)>
{
    protected override (EventTime, EventTime) To(in Window value) => (value.Start, value.End);

    protected override Window From(in (EventTime, EventTime) surrogate, CodecReader reader) => new(surrogate.Item1, surrogate.Item2);
}

internal sealed class WindowResultCodec<TKey, TValue> : SurrogateCodec<WindowResult<TKey, TValue>, (TKey, Window, Pane, TValue, int)>
{
    protected override (TKey, Window, Pane, TValue, int) To(in WindowResult<TKey, TValue> value) =>
        (value.Key, value.Window, value.Pane, value.Value, value.Index);

    protected override WindowResult<TKey, TValue> From(in (TKey, Window, Pane, TValue, int) surrogate, CodecReader reader) =>
        new(surrogate.Item1, surrogate.Item2, surrogate.Item3, surrogate.Item4, surrogate.Item5);
}

/// <summary>Omits the hash, since computing it is cheaper than sending it.</summary>
internal sealed class PartialCodec<TKey, TAccumulator> : SurrogateCodec<Partial<TKey, TAccumulator>, (TKey, EventTime, TAccumulator)>
    where TAccumulator : struct
{
    protected override (TKey, EventTime, TAccumulator) To(in Partial<TKey, TAccumulator> value) => (value.Key, value.SliceEnd, value.Accumulator);

    protected override Partial<TKey, TAccumulator> From(in (TKey, EventTime, TAccumulator) surrogate, CodecReader reader) =>
        new(surrogate.Item1, KeyType<TKey>.Instance.Hash(surrogate.Item1), surrogate.Item2, surrogate.Item3);
}
