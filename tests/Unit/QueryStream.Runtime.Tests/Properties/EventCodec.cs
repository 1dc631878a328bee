using QueryStream.Core.Codecs;
using QueryStream.Runtime.Tests.Properties;

[assembly: CodecOf(typeof(Event), typeof(EventCodec))]

namespace QueryStream.Runtime.Tests.Properties;

internal sealed class EventCodec : SurrogateCodec<Event, (long, int, long, int)>
{
    protected override (long, int, long, int) To(in Event value) => (value.Id, value.Key, value.Time, value.Split);

    protected override Event From(in (long, int, long, int) surrogate, CodecReader reader) =>
        new(surrogate.Item1, surrogate.Item2, surrogate.Item3, surrogate.Item4);
}
