using QueryStream.Runtime.Exchange;

namespace QueryStream.Worker;

/// <summary>Connects the tasks of this worker with the other tasks of their attempt, on any worker.</summary>
public interface ITaskChannels : IDataPlane
{
    /// <summary>Lets other tasks connect to a task of this worker. Called before any task of its attempt connects.</summary>
    void Add(TaskEndpoint task);

    /// <summary>
    /// Removes a task. Called when its whole attempt has ended, since credit may still come for a task that has finished.
    /// </summary>
    void Remove(TaskEndpoint task);
}
