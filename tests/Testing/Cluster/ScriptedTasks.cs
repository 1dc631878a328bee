using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Worker.Tasks;

namespace QueryStream.Testing.Cluster;

/// <summary>Takes the place of Runtime's tasks: they read and write nothing, and do what a test's script says.</summary>
/// <param name="script">What a task does when it is told to run.</param>
public sealed class ScriptedTasks(Func<TaskDeployment, TaskScript> script) : ITaskRunner
{
    private readonly List<ScriptedTask> _tasks = [];

    /// <summary>How many tasks have been started and have not ended.</summary>
    public int Alive => _tasks.Count(task => !task.HasEnded);

    /// <summary>What was started, in order.</summary>
    public IReadOnlyList<TaskDeployment> Started => [.. _tasks.Select(task => task.Deployment)];

    /// <summary>Thrown in place of starting a task; null: none.</summary>
    public Func<TaskDeployment, Exception?> OnStart { get; set; } = static _ => null;

    /// <summary>Ends a running task as finished, in a turn of it.</summary>
    public void Finish(TaskId task) => Call(Find(task), found => found.Finish());

    /// <summary>Ends a task as failed, in a turn of it.</summary>
    public void Fail(TaskId task, Exception cause) => Call(Find(task), found => found.Fail(cause));

    /// <summary>Counts records of a task.</summary>
    public void Read(TaskId task, long records) => Find(task).Handle.Metrics.RecordsRead.Add(records);

    /// <summary>Lets a task acknowledge rows.</summary>
    public void Acknowledge(TaskId task, long rows, TimeProvider time) => Find(task).Handle.Metrics.Acknowledge(rows, time.GetTimestamp());

    TaskHandle ITaskRunner.Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment)
    {
        if (OnStart(deployment) is Exception failure)
        {
            throw failure;
        }

        ScriptedTask task = new(deployment, environment, script(deployment));
        ActorRef<TaskMessage> mailbox = executor.Start(deployment.DisplayName, task);
        task.Handle = new TaskHandle(mailbox, new TaskEndpoint(deployment, mailbox), new TaskMetrics());
        _tasks.Add(task);
        return task.Handle;
    }

    private static void Call(ScriptedTask task, Action<ScriptedTask> action) =>
        task.Mailbox.Tell(TaskMessage.Call(() => action(task)));

    private ScriptedTask Find(TaskId task) => _tasks.FindLast(candidate => candidate.Deployment.Id == task)
        ?? throw new InvalidOperationException($"No task {task} was started.");
}
