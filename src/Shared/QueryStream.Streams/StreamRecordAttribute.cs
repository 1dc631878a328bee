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

/// <summary>The name of a member in JSON; no other one is read then. Also of a value of an enum.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class JsonNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>
/// Marks a method that adds an operator with state. State is found again by the operator's name, so the analyzer warns (QS2001) about a call
/// that gives it none: neither as an argument for a parameter called <c>name</c>, nor by <c>.Named("…")</c> before the call, on what it is
/// called on, nor right after it, on what it returns.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StatefulOperatorAttribute : Attribute
{
}
