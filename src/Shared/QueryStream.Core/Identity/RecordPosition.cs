using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;

[assembly: CodecOf(typeof(RecordPosition), typeof(RecordPositionCodec))]

namespace QueryStream.Core.Identity;

/// <summary>The position of a record in its source. It identifies the record, also if it is read twice.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The position in it.</param>
public readonly record struct RecordPosition(int Partition, long Offset);
