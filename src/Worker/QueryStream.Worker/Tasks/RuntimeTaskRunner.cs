using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Worker.Tasks;

/// <summary>Starts the tasks of Runtime.</summary>
internal sealed class RuntimeTaskRunner : ITaskRunner
{
    public TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment) =>
        TaskRunner.Start(executor, deployment, environment);
}
