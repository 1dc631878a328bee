using QueryStream.Streams.Records;

namespace QueryStream.Streams;

/// <summary>
/// Marks a record, struct or class whose values flow in streams, are kept in state, or are read and written as JSON. The source generator
/// writes its codec and its JSON format, and makes it a key where all of its members can be keys. All public properties and fields are
/// members; what is computed from them is not. What the generator cannot handle is a compile-time error at its place.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class StreamRecordAttribute : Attribute
{
    /// <summary>How member names become JSON names where no <see cref="JsonNameAttribute"/> says otherwise.</summary>
    public JsonNaming JsonNaming { get; set; } = JsonNaming.CamelCase;
}
