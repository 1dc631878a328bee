using QueryStream.Core.Actors;
using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Tasks;

/// <summary>Finds the tasks at the other ends of channels; the network between workers hides behind it.</summary>
public interface IDataPlane
{
    /// <summary>The mailbox of a task of the same attempt. Called when all tasks of the attempt are deployed.</summary>
    /// <exception cref="InvalidOperationException">There is no such task.</exception>
    ActorRef<TaskMessage> Connect(TaskId task, Attempt attempt);
}
