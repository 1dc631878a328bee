using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Worker.Tasks;

/// <summary>Starts tasks. Tests and simulations replace it.</summary>
internal interface ITaskRunner
{
    /// <summary>Starts a task, which waits for <see cref="TaskMessage.Run"/>.</summary>
    TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment);
}

/// <summary>Starts the tasks of QueryStream.Runtime.</summary>
internal sealed class RuntimeTaskRunner : ITaskRunner
{
    public TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment) =>
        TaskRunner.Start(executor, deployment, environment);
}
