namespace QueryStream.Streams;

/// <summary>The name of a member in JSON; no other one is read then. Also of a value of an enum.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class JsonNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
