using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Runs all tasks of a job on the test's thread, in an order that the seed decides, with virtual time: the very code that a worker
/// runs, without a cluster around it.
/// </summary>
public sealed class JobHarness : IDataPlane, ITaskEvents, IDisposable
{
    private static readonly Attempt FirstAttempt = new(0);

    private readonly Dictionary<TaskId, TaskHandle> _tasks = [];
    private readonly HashSet<TaskId> _running = [];
    private readonly HashSet<TaskId> _finished = [];

    /// <summary>Starts a job and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="parallelism">Of all vertices.</param>
    /// <param name="seed">Decides the order of turns.</param>
    /// <param name="settings">What the job is given; null: nothing.</param>
    public JobHarness(Action<StreamBuilder> define, int parallelism = 1, ulong seed = 1, JobSettings? settings = null)
    {
        Executor = new SimulatedExecutor(seed);
        Graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob(define), settings ?? JobSettings.None), parallelism);
        JobId job = new(Executor.NewId());
        TaskEnvironment environment = new(this, this, new NoServices(), NullLoggerFactory.Instance);
        foreach (JobVertex vertex in Graph.Vertices)
        {
            for (int subtask = 0; subtask < parallelism; subtask++)
            {
                TaskDeployment deployment = new(job, FirstAttempt, Graph, vertex, subtask);
                _tasks.Add(deployment.Id, TaskRunner.Start(Executor, deployment, environment));
            }
        }

        Executor.RunUntilIdle();
        foreach (TaskHandle task in _tasks.Values)
        {
            task.Mailbox.Tell(new TaskMessage(TaskMessageKind.Run));
        }

        Executor.RunUntilIdle();
    }

    /// <summary>What runs the tasks.</summary>
    public SimulatedExecutor Executor { get; }

    /// <summary>The job's graph.</summary>
    public JobGraph Graph { get; }

    /// <summary>The first failure of a task: the operator's name, and what was thrown.</summary>
    public (string Operator, Exception Cause)? Failure { get; private set; }

    /// <summary>Whether all tasks have come to the end of their input.</summary>
    public bool IsFinished => _finished.Count == _tasks.Count;

    /// <summary>Whether all tasks have opened.</summary>
    public bool IsRunning => _running.Count == _tasks.Count;

    /// <summary>What the tasks count.</summary>
    public IEnumerable<TaskMetrics> Metrics => _tasks.Values.Select(task => task.Metrics);

    /// <summary>The clock, in milliseconds since 1970.</summary>
    public long Clock => Executor.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A counter of the job, summed over all tasks.</summary>
    public long Counter(string name) =>
        Metrics.Sum(metrics => metrics.Counters.TryGetValue(name, out Streams.Metrics.Counter? counter) ? counter.Value : 0);

    /// <summary>Runs until all tasks wait for input.</summary>
    public void Run() => Executor.RunUntilIdle();

    /// <summary>Lets time go on, and runs what becomes due.</summary>
    public void Advance(TimeSpan duration) => Executor.Advance(duration);

    /// <inheritdoc/>
    public void Dispose() => Executor.Dispose();

    ActorRef<TaskMessage> IDataPlane.Connect(TaskId task, Attempt attempt) => _tasks[task].Mailbox;

    void ITaskEvents.Running(TaskId task, Attempt attempt) => _running.Add(task);

    void ITaskEvents.Finished(TaskId task, Attempt attempt) => _finished.Add(task);

    void ITaskEvents.Failed(TaskId task, Attempt attempt, string operatorName, Exception cause) => Failure ??= (operatorName, cause);

    void ITaskEvents.Canceled(TaskId task, Attempt attempt)
    {
    }

    private sealed class LambdaJob(Action<StreamBuilder> define) : IStreamJob
    {
        public string Name => "harness";

        public void Define(StreamBuilder job) => define(job);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
