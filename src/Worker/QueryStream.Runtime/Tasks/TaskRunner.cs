using QueryStream.Core.Actors;

namespace QueryStream.Runtime.Tasks;

/// <summary>Brings tasks to life.</summary>
public static class TaskRunner
{
    /// <summary>
    /// Starts a task, which then waits for <see cref="TaskMessageKind.Run"/>: sent when all tasks of the attempt are there, since it
    /// looks for the other ends of its channels then.
    /// </summary>
    public static TaskHandle Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment)
    {
        TaskContext context = new(deployment, environment, executor.Time);
        return new TaskHandle(executor.Start(deployment.DisplayName, new StreamTask(context)), context.Metrics);
    }
}
