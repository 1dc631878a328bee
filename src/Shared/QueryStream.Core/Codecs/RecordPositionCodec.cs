using QueryStream.Core.Identity;

namespace QueryStream.Core.Codecs;

/// <summary>The layout of a <see cref="RecordPosition"/>: a tuple of both numbers.</summary>
internal sealed class RecordPositionCodec : SurrogateCodec<RecordPosition, (int Partition, long Offset)>
{
    protected override (int Partition, long Offset) To(in RecordPosition value) => (value.Partition, value.Offset);

    protected override RecordPosition From(in (int Partition, long Offset) surrogate, CodecReader reader) => new(surrogate.Partition, surrogate.Offset);
}
