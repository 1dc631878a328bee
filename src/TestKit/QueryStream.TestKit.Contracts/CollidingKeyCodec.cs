using QueryStream.Core.Codecs;
using QueryStream.TestKit.Contracts;

[assembly: CodecOf(typeof(CollidingKey), typeof(CollidingKeyCodec))]

namespace QueryStream.TestKit.Contracts;

internal sealed class CollidingKeyCodec : SurrogateCodec<CollidingKey, int>
{
    protected override int To(in CollidingKey value) => value.Number;

    protected override CollidingKey From(in int surrogate, CodecReader reader) => new(surrogate);
}
