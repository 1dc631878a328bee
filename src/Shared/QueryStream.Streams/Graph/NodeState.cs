namespace QueryStream.Streams.Graph;

/// <summary>State that a node keeps, as people see it in a plan.</summary>
/// <param name="Name">Its name: as the function declares it, or what the engine's own operators keep.</param>
/// <param name="Kind">What it is: <c>value</c>, <c>list</c>, <c>map</c>, <c>aggregating</c>, <c>operator list</c>, <c>union list</c>, <c>broadcast</c>; <c>own</c> for what the engine's operators keep; <c>unknown</c> with a reason for its name.</param>
public sealed record NodeState(string Name, string Kind)
{
    /// <summary>The kind of what the engine's operators keep.</summary>
    public const string OwnKind = "own";

    /// <summary>The kind of what a function keeps that cannot be opened where the plan is made.</summary>
    public const string UnknownKind = "unknown";

    internal static NodeState Own(string name) => new(name, OwnKind);
}
