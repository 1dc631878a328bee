using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>Deploys tasks for the agent: checks the deployment, builds the graph outside the agent's turn, starts the tasks.</summary>
/// <param name="options">The worker's options.</param>
/// <param name="services">What tasks are given.</param>
/// <param name="runner">Starts one task.</param>
internal sealed class TaskDeployer(WorkerOptions options, WorkerServices services, ITaskRunner runner)
{
    private ActorCell<AgentMessage>? _agent;
    private TaskEnvironment? _environment;

    private ActorCell<AgentMessage> Agent => _agent ?? throw new InvalidOperationException("The agent has not been started.");

    /// <summary>Called in the agent's first turn.</summary>
    public void Attach(ActorCell<AgentMessage> agent)
    {
        _agent = agent;
        _environment = new TaskEnvironment(services.Channels, new TaskEventForwarder(agent), services.Clients, services.Loggers);
    }

    /// <summary>Why the worker must refuse the deployment; null if it need not.</summary>
    public string? ProblemWith(HostedJob job, IReadOnlyList<HostedJob> others, bool stopping)
    {
        if (stopping)
        {
            return $"Worker {options.Worker} is stopping.";
        }

        foreach (SlotId slot in job.Mine.Select(task => task.Slot).Distinct())
        {
            if (slot.Index < 0 || slot.Index >= options.Slots)
            {
                return $"Worker {options.Worker} has no slot {slot.Index}: it has 0 to {options.Slots - 1}.";
            }

            HostedJob? holder = others.FirstOrDefault(other => other.Order.Job != job.Order.Job
                && other.State != HostedJobState.Ended && other.Mine.Any(task => task.Slot == slot));
            if (holder is not null)
            {
                return $"Slot {slot} is in use by job {holder.Order.Job}.";
            }
        }

        return null;
    }

    /// <summary>Builds the graph of the job; the result arrives as <see cref="AgentMessage.GraphBuilt"/>.</summary>
    public void BuildGraph(DeployTasks order)
    {
        JobPlan plan = order.Plan;
        JobGraphBuild build = new(services.Loader, plan.Reference, new JobSettings(plan.Settings), plan.Parallelism);
        Agent.Start(build.RunAsync, failure => new AgentMessage.GraphBuilt(order.Job, order.Attempt, build, failure));
    }

    /// <summary>Starts the tasks of a job that are placed here, and lets other tasks connect to them.</summary>
    /// <returns>Null, or why a task could not start; those that did start must be cancelled.</returns>
    public Exception? TryStart(HostedJob job, JobGraph graph)
    {
        try
        {
            job.Start(graph, deployment =>
            {
                TaskHandle handle = runner.Start(Agent.Executor, deployment, _environment!);
                services.Channels.Add(handle.Endpoint);
                return handle;
            });
            return null;
        }
        catch (Exception e)
        {
            // The top of a request: creating operators calls the job's own code. The coordinator gets the exception and fails the job.
            return e;
        }
    }

    /// <summary>No task can connect to the tasks of a job any more.</summary>
    public void Disconnect(HostedJob job)
    {
        foreach (DeployedTask task in job.Tasks)
        {
            services.Channels.Remove(task.Endpoint);
        }
    }
}
