using QueryStream.Core.Errors;

namespace QueryStream.Streams.Functions;

/// <summary>
/// Names a second stream of rows that a function emits, of whatever type. Two of the same name and type are the same; usually a static field
/// of the function's class.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed record SideOutput<T>
{
    /// <summary>Creates a name.</summary>
    public SideOutput(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException($"A side output of {typeof(T).Name} has no name: give it one.");
        }

        Name = name;
    }

    /// <summary>The name, unique in the function.</summary>
    public string Name { get; }
}
