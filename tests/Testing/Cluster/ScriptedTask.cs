using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Testing.Cluster;

/// <summary>A task that follows a script.</summary>
internal sealed class ScriptedTask(TaskDeployment deployment, TaskEnvironment environment, TaskScript script) : Actor<TaskMessage>
{
    private bool _running;

    public TaskDeployment Deployment { get; } = deployment;

    public TaskHandle Handle { get; set; } = null!;

    public ActorRef<TaskMessage> Mailbox => Handle.Mailbox;

    public bool HasEnded { get; private set; }

    public void Finish() => End(() => environment.Events.Finished(Deployment.Id, Deployment.Attempt));

    public void Fail(Exception cause) => End(() => environment.Events.Failed(Deployment.Id, Deployment.Attempt, Deployment.Vertex.Head.Name, cause));

    protected override void OnStart()
    {
        if (script == TaskScript.FailAtStart)
        {
            Fail(new InvalidOperationException("fails at start"));
        }
    }

    protected override void Receive(in TaskMessage message)
    {
        switch (message.Kind)
        {
            case TaskMessageKind.Run when !_running:
                Run();
                break;
            case TaskMessageKind.Cancel:
                End(() => environment.Events.Canceled(Deployment.Id, Deployment.Attempt));
                break;
            case TaskMessageKind.Callback:
                message.Callback!();
                break;
            default:
                break;
        }
    }

    protected override void OnFault(Exception exception) => Fail(exception);

    private void Run()
    {
        _running = true;
        if (script == TaskScript.FailAtOpen)
        {
            Fail(new InvalidOperationException("fails to open"));
            return;
        }

        environment.Events.Running(Deployment.Id, Deployment.Attempt);
        if (script == TaskScript.Finish)
        {
            Finish();
        }
        else if (script == TaskScript.FailAtOnce)
        {
            Fail(new InvalidOperationException("fails at once"));
        }
    }

    private void End(Action report)
    {
        if (!HasEnded)
        {
            HasEnded = true;
            report();
            Context.Stop();
        }
    }
}
