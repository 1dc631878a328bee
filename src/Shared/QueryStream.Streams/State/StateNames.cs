using QueryStream.Core.Errors;

namespace QueryStream.Streams.State;

/// <summary>The rules for names of states. Checked when a job is defined, and again when its functions open.</summary>
public static class StateNames
{
    /// <summary>Throws if a name is empty, reserved or already used.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="others">The names of the states of the same operator.</param>
    /// <exception cref="JobDefinitionException">The name is not allowed.</exception>
    public static void Check(string name, IEnumerable<string> others)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException("A state has no name: give it one, since that is what finds it in snapshots.");
        }

        if (name.StartsWith("timers.", StringComparison.Ordinal) || name.StartsWith("task.", StringComparison.Ordinal))
        {
            throw new JobDefinitionException(
                $"The state '{name}' cannot be named so: names that begin with 'timers.' and 'task.' are the engine's own.");
        }

        if (others.Contains(name, StringComparer.Ordinal))
        {
            throw new JobDefinitionException(
                $"The state '{name}' is declared twice: names must be unique in a function, since they name it in snapshots.");
        }
    }
}
