using System.Collections.Concurrent;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Testing.Cluster;

/// <summary>A task that only records what its channels bring, for tests of a data plane. Thread-safe.</summary>
public sealed class RecordingTask
{
    private readonly Mailbox _mailbox = new();

    /// <summary>Creates a task.</summary>
    public RecordingTask(TaskDeployment deployment) => Endpoint = new TaskEndpoint(deployment, _mailbox, new PeerAttempts(deployment));

    /// <summary>The task as a data plane sees it.</summary>
    public TaskEndpoint Endpoint { get; }

    /// <summary>The elements that have come, in order. The test releases them.</summary>
    public ConcurrentQueue<ChannelElement> Elements => _mailbox.Elements;

    /// <summary>Called with each element instead of recording it; on the thread that delivers it.</summary>
    public Action<ChannelElement>? OnElement
    {
        get => _mailbox.OnElement;
        set => _mailbox.OnElement = value;
    }

    /// <summary>The losses of channels, which would have failed the task.</summary>
    public ConcurrentQueue<ChannelLostException> Losses => _mailbox.Losses;

    private sealed class Mailbox : ActorRef<TaskMessage>
    {
        public ConcurrentQueue<ChannelElement> Elements { get; } = new();

        public ConcurrentQueue<ChannelLostException> Losses { get; } = new();

        public Action<ChannelElement>? OnElement { get; set; }

        public override string Name => "recorder";

        public override Task Stopped => Task.CompletedTask;

        public override void Tell(in TaskMessage message)
        {
            if (message.Kind == TaskMessageKind.Callback)
            {
                Record(message.Callback!);
            }
            else if (OnElement is { } receiver)
            {
                receiver(message.Element);
            }
            else
            {
                Elements.Enqueue(message.Element);
            }
        }

        private void Record(Action callback)
        {
            try
            {
                callback();
            }
            catch (ChannelLostException e)
            {
                Losses.Enqueue(e);
            }
        }
    }
}
