using QueryStream.Streams.Records;

namespace QueryStream.Streams;

/// <summary>
/// Marks a record, struct or class for use in streams, state and JSON. The source generator writes its codec and its JSON format, and its key type if
/// all of its members can be keys. Members are the public properties and fields, except computed ones. Unsupported members are compile-time errors.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class StreamRecordAttribute : Attribute
{
    /// <summary>How member names become JSON names, without a <see cref="JsonNameAttribute"/>.</summary>
    public JsonNaming JsonNaming { get; set; } = JsonNaming.CamelCase;
}

/// <summary>Sets the JSON name of a member, which is then the only one that is read; or of a value of an enum.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class JsonNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>
/// Marks a method that adds a stateful operator. The operator's name identifies its state, so the analyzer warns (QS2001) about a call without a
/// name: neither an argument for a parameter called <c>name</c>, nor a call of <c>.Named("…")</c> on the receiver or on the result.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StatefulOperatorAttribute : Attribute
{
}
