using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Reading;

/// <summary>An operator whose state of one key can be asked for. It is one of <see cref="Tasks.TaskContext.Stateful"/>.</summary>
internal interface IKeyedOperator
{
    /// <summary>The operator.</summary>
    OperatorId Id { get; }

    /// <summary>
    /// Writes the state of a key as it is between two elements of the task's input. Called in a turn of the task, never while a row is processed.
    /// What later turns see must be the same as without the call. It may throw, also what code of the job throws.
    /// </summary>
    /// <param name="key">The key as JSON.</param>
    /// <param name="output">Takes the state.</param>
    void ReadKey(string key, KeyStateWriter output);
}
