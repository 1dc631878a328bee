using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Cluster.Links;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.TestKit;
using QueryStream.Testing.Cluster;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Cluster.Tests.Links;

/// <summary>Links of the simulation, on which the clusters of other tests run.</summary>
public sealed class SimulatedLinkContractTests : LinkSuite
{
    protected override Task<LinkEnds> OpenAsync() => Task.FromResult<LinkEnds>(new Ends());

    private sealed class Ends : LinkEnds
    {
        private readonly SimulatedExecutor _executor = new(seed: 3);
        private readonly SeededRandom _delays = new(3);
        private readonly SimulatedConnection _connection;

        public Ends()
        {
            _connection = new SimulatedConnection(_executor.Time, () => TimeSpan.FromMilliseconds(_delays.Next(50)), static (_, _) => { })
            {
                ToWorker = Received,
                ToCoordinator = Received,
                Lost = () =>
                {
                    LostAtWorker();
                    LostAtCoordinator();
                },
            };
        }

        public override ILink<WorkerMessage> Down => _connection.Down;

        public override ILink<CoordinatorMessage> Up => _connection.Up;

        public override void LoseNextToWorker() => _connection.LoseNextToWorker();

        public override Task UntilAsync(string what, Func<bool> condition)
        {
            _executor.AdvanceUntil(what, condition, TimeSpan.FromMinutes(1));
            return Task.CompletedTask;
        }

        public override Task PassAsync()
        {
            _executor.Advance(TimeSpan.FromSeconds(10));
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            _executor.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Links of a real cluster: actors whose messages pass through the cluster's serializer, and may be lost.</summary>
public sealed class ActorLinkContractTests : LinkSuite
{
    protected override async Task<LinkEnds> OpenAsync()
    {
        Ends ends = new();
        await ends.OpenedAsync();
        return ends;
    }

    private sealed class Ends : LinkEnds
    {
        private static readonly string Settings = $$"""
            akka.loglevel = WARNING
            akka.actor {
              serialize-messages = on
              serializers.querystream = "{{typeof(ClusterSerializer).AssemblyQualifiedName}}"
              serialization-bindings."{{typeof(LinkMessage).AssemblyQualifiedName}}" = querystream
            }
            """;

        private readonly ActorSystem _system = ActorSystem.Create("links", Settings);
        private readonly IActorRef _coordinator;
        private readonly IActorRef _worker;
        private readonly IActorRef _lossy;
        private readonly TaskCompletionSource<ILink<WorkerMessage>> _down = new();
        private readonly TaskCompletionSource<ILink<CoordinatorMessage>> _up = new();
        private (ILink<WorkerMessage> Down, ILink<CoordinatorMessage> Up) _opened;

        public Ends()
        {
            LinkId id = new(7);
            EndParts<WorkerMessage, CoordinatorMessage> coordinator =
                new(ControlFormat.Write, ControlFormat.ReadCoordinatorMessage, Received, LostAtCoordinator, _down);
            EndParts<CoordinatorMessage, WorkerMessage> worker =
                new(ControlFormat.Write, ControlFormat.ReadWorkerMessage, Received, LostAtWorker, _up);
            _coordinator = _system.ActorOf(Props.Create(() => new End<WorkerMessage, CoordinatorMessage>(id, coordinator)), "coordinator");
            _worker = _system.ActorOf(Props.Create(() => new End<CoordinatorMessage, WorkerMessage>(id, worker)), "worker");
            _lossy = _system.ActorOf(Props.Create(() => new Lossy(_worker)), "lossy");
        }

        public override ILink<WorkerMessage> Down => _opened.Down;

        public override ILink<CoordinatorMessage> Up => _opened.Up;

        public async Task OpenedAsync()
        {
            // One after the other: an end that is not open yet takes no frames.
            _worker.Tell(new Peer(_coordinator));
            await Wait.ForAsync("the worker's end to open", _up.Task);
            _coordinator.Tell(new Peer(_lossy));
            await Wait.ForAsync("the coordinator's end to open", _down.Task);
            _opened = (await _down.Task, await _up.Task);
        }

        public override void LoseNextToWorker() => _lossy.Tell(LoseNext.Instance);

        public override Task UntilAsync(string what, Func<bool> condition) => Wait.UntilAsync(what, condition, TimeSpan.FromMinutes(1));

        // An actor answers when it has done with what came before. A message passes three actors at most.
        public override async Task PassAsync()
        {
            for (int round = 0; round < 3; round++)
            {
                foreach (IActorRef actor in (IActorRef[])[_coordinator, _worker, _lossy])
                {
                    await actor.Ask<ActorIdentity>(new Identify(round), TimeSpan.FromMinutes(1));
                }
            }
        }

        public override async ValueTask DisposeAsync() => await _system.Terminate();

        private sealed class End<TOut, TIn>(LinkId id, EndParts<TOut, TIn> parts) : LinkActor<TOut, TIn>(id, NullLogger.Instance)
        {
            protected override void Write(CodecWriter writer, TOut message) => parts.Write(writer, message);

            protected override TIn Read(CodecReader reader) => parts.Read(reader);

            protected override void Deliver(TIn message) => parts.Deliver(message);

            protected override void OnLost(string reason) => parts.Lost();

            protected override void OnOther(object message)
            {
                if (message is Peer peer)
                {
                    Open(peer.Actor);
                    parts.Opened.SetResult(Link);
                }
            }
        }

        private sealed record EndParts<TOut, TIn>(
            Action<CodecWriter, TOut> Write,
            Func<CodecReader, TIn> Read,
            Action<TIn> Deliver,
            Action Lost,
            TaskCompletionSource<ILink<TOut>> Opened);

        // Remoting, which may lose a message.
        private sealed class Lossy(IActorRef to) : UntypedActor
        {
            private bool _losesNext;

            protected override void OnReceive(object message)
            {
                if (message is LoseNext)
                {
                    _losesNext = true;
                }
                else if (_losesNext && message is LinkFrame)
                {
                    _losesNext = false;
                }
                else
                {
                    to.Forward(message);
                }
            }
        }

        private sealed record Peer(IActorRef Actor) : INoSerializationVerificationNeeded;

        private sealed record LoseNext : INoSerializationVerificationNeeded
        {
            public static LoseNext Instance { get; } = new();
        }
    }
}
