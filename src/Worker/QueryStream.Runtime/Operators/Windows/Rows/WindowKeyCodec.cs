using QueryStream.Core.Codecs;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

internal sealed class WindowKeyCodec<TKey> : SurrogateCodec<WindowKey<TKey>, (TKey, Window)>
{
    protected override (TKey, Window) To(in WindowKey<TKey> value) => (value.Key, value.Window);

    protected override WindowKey<TKey> From(in (TKey, Window) surrogate, CodecReader reader) => new(surrogate.Item1, surrogate.Item2);
}
