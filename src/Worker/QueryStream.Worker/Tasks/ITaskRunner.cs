using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Worker.Tasks;

/// <summary>Starts tasks; tests and simulations put their own in its place.</summary>
internal interface ITaskRunner
{
    /// <summary>Starts a task, which waits for <see cref="TaskMessageKind.Run"/>.</summary>
    TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment);
}
