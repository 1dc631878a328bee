using QueryStream.Core.Errors;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>When states may be declared, and under which names.</summary>
internal static class StateDeclarations
{
    /// <summary>Refuses a state that cannot be told from others, or that comes too late to be restored.</summary>
    /// <exception cref="JobDefinitionException">It cannot be declared.</exception>
    public static void Check(string name, IEnumerable<string> others, bool isClosed)
    {
        if (isClosed)
        {
            throw new JobDefinitionException($"The state '{name}' is declared too late: a function declares its states in Open, before they are restored.");
        }

        StateNames.Check(name, others);
    }
}
