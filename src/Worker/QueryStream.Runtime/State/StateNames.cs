using QueryStream.Core.Errors;

namespace QueryStream.Runtime.State;

/// <summary>The rules for names of states.</summary>
internal static class StateNames
{
    /// <summary>Refuses a state that cannot be told from others, or that comes too late to be restored.</summary>
    /// <exception cref="JobDefinitionException">It cannot be declared.</exception>
    public static void Check(string name, IEnumerable<string> others, bool isClosed)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException("A state has no name: give it one, since that is what finds it in snapshots.");
        }

        if (name.StartsWith("timers.", StringComparison.Ordinal) || name.StartsWith("task.", StringComparison.Ordinal))
        {
            throw new JobDefinitionException($"The state '{name}' cannot be named so: names that begin with 'timers.' and 'task.' are the engine's own.");
        }

        if (isClosed)
        {
            throw new JobDefinitionException($"The state '{name}' is declared too late: a function declares its states in Open, before they are restored.");
        }

        if (others.Contains(name, StringComparer.Ordinal))
        {
            throw new JobDefinitionException($"The state '{name}' is declared twice: names must be unique in a function, since they name it in snapshots.");
        }
    }
}
