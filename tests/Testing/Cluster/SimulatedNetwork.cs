using System.Text;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;
using QueryStream.TestKit;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Testing.Cluster;

/// <summary>
/// The data plane of simulated workers. Every element between two workers is encoded, delayed randomly, and decoded from a frame that is overwritten
/// when its batch is released. Elements of one connection keep their order. A connection breaks if a test breaks it or an element is lost: elements
/// in flight are lost, and both ends lose their channels, as with a broken TCP connection. Used by one thread.
/// </summary>
/// <param name="executor">The clock.</param>
/// <param name="delay">Draws the delay of an element.</param>
/// <param name="faults">Draws lost elements.</param>
internal sealed class SimulatedNetwork(SimulatedExecutor executor, Func<TimeSpan> delay, SeededRandom faults)
{
    private readonly Dictionary<(TaskId, Attempt), (string Worker, TaskEndpoint Endpoint)> _tasks = [];
    private readonly Dictionary<(TaskId To, Attempt Attempt, ChannelId Channel, Attempt Sender), IChannelPeer> _peers = [];
    private readonly List<Connection> _connections = [];
    private readonly CodecWriter _writer = new();

    /// <summary>A hash of the bytes of all messages, in order, with their connection and time.</summary>
    public ulong Trace { get; private set; }

    /// <summary>On average, one of this number of elements is lost; 0: none.</summary>
    public int LosesOneIn { get; set; }

    /// <summary>Receives a line for each message, with the bytes of its trace; null: nobody does.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>The number of broken connections.</summary>
    public int Cuts { get; private set; }

    /// <summary>The number of elements sent between workers.</summary>
    public long Elements { get; private set; }

    /// <summary>The data plane of one worker.</summary>
    public ITaskChannels ChannelsOf(string worker) => new WorkerChannels(this, worker);

    /// <summary>Adds a message to the trace.</summary>
    public void Record(string connection, ReadOnlySpan<byte> bytes)
    {
        ulong message = StableHash.Combine(StableHash.OfBytes(Encoding.UTF8.GetBytes(connection)), StableHash.OfBytes(bytes));
        Trace = StableHash.Combine(StableHash.Combine(Trace, message), StableHash.OfInt64(executor.Clock.GetTimestamp()));
        Log?.Invoke($"{executor.Clock.GetUtcNow():mm:ss.fff} {connection}: {Show(bytes)}");
    }

    /// <summary>Breaks the connection of two workers, if there is one.</summary>
    public void Cut(string one, string other)
    {
        if (_connections.Find(connection => connection.Joins(one, other)) is { } found)
        {
            Break(found);
        }
    }

    private static string Show(ReadOnlySpan<byte> bytes) => $"{Convert.ToHexString(bytes[..Math.Min(24, bytes.Length)])} ({bytes.Length} B)";

    private IChannelPeer Connect(string worker, TaskEndpoint near, ChannelId channel)
    {
        Attempt attempt = near.PeerAttemptOf(channel);
        if (!_tasks.TryGetValue((near.FarEndOf(channel), attempt), out (string Worker, TaskEndpoint Endpoint) far))
        {
            throw new ChannelRefusedException($"There is no task {near.FarEndOf(channel)} of attempt {attempt} on any worker.");
        }

        if (far.Worker == worker)
        {
            return TaskEndpoint.Connect(near, far.Endpoint, channel);
        }

        RemotePeer peer = new(this, ConnectionOf(worker, far.Worker), worker, near, channel);
        peer.SendHandshake();
        return peer;
    }

    private Connection ConnectionOf(string one, string other)
    {
        Connection? connection = _connections.Find(candidate => candidate.Joins(one, other));
        if (connection is null)
        {
            connection = new Connection(one, other, NewLink(), NewLink());
            _connections.Add(connection);
        }

        return connection;
    }

    private SimulatedLink<Packet> NewLink() => new(executor.Time, delay, Deliver, static () => { });

    private void Send(Connection connection, string from, in Packet packet)
    {
        Record($"{from} to {connection.OtherThan(from)}, {packet.Channel}", packet.Bytes);
        Elements++;
        if (LosesOneIn > 0 && faults.Next(LosesOneIn) == 0)
        {
            // Nothing after the lost element arrives. Both ends notice after a while.
            connection.Stop();
            executor.Time.CreateTimer(_ => Break(connection), null, delay(), Timeout.InfiniteTimeSpan);
        }

        connection.LinkFrom(from).Send(packet);
    }

    private void Deliver(Packet packet)
    {
        if (!_tasks.TryGetValue((packet.To, packet.Attempt), out (string Worker, TaskEndpoint Endpoint) receiver))
        {
            // Credit for a task that has ended.
            return;
        }

        if (packet.IsHandshake)
        {
            Accept(receiver.Endpoint, packet);
        }
        else if (_peers.TryGetValue((packet.To, packet.Attempt, packet.Channel, packet.Sender), out IChannelPeer? peer))
        {
            peer.Send(ElementCodec.Read(Frame.Copy(packet.Bytes, poison: true)));
        }
    }

    private void Accept(TaskEndpoint receiver, in Packet packet)
    {
        try
        {
            ChannelHandshake handshake = ChannelHandshake.Read(new CodecReader(packet.Bytes));
            _peers[(packet.To, packet.Attempt, packet.Channel, packet.Sender)] = receiver.Accept(packet.Channel, handshake);
        }
        catch (ChannelRefusedException e)
        {
            receiver.Lose(packet.Channel, e);
        }
    }

    private void Break(Connection connection)
    {
        if (_connections.Remove(connection))
        {
            Cuts++;
            connection.Stop();
            foreach ((TaskEndpoint task, ChannelId channel, Attempt peer) in connection.Channels)
            {
                if (task.PeerAttemptOf(channel) == peer)
                {
                    task.Lose(channel, new IOException($"The connection between {connection.One} and {connection.Other} broke."));
                }
            }
        }
    }

    private readonly record struct Packet(TaskId To, Attempt Attempt, ChannelId Channel, Attempt Sender, bool IsHandshake, byte[] Bytes);

    private sealed class Connection(string one, string other, SimulatedLink<Packet> fromOne, SimulatedLink<Packet> fromOther)
    {
        public string One => one;

        public string Other => other;

        /// <summary>The channel ends on the connection.</summary>
        public List<(TaskEndpoint Task, ChannelId Channel, Attempt Peer)> Channels { get; } = [];

        public bool Joins(string first, string second) => (one, other) == (first, second) || (other, one) == (first, second);

        public string OtherThan(string from) => from == one ? other : one;

        public SimulatedLink<Packet> LinkFrom(string from) => from == one ? fromOne : fromOther;

        public void Stop() => (fromOne.IsCut, fromOther.IsCut) = (true, true);
    }

    private sealed class RemotePeer : IChannelPeer
    {
        private readonly SimulatedNetwork _network;
        private readonly Connection _connection;
        private readonly string _worker;
        private readonly TaskEndpoint _near;
        private readonly ChannelId _channel;
        private readonly Attempt _peer;

        public RemotePeer(SimulatedNetwork network, Connection connection, string worker, TaskEndpoint near, ChannelId channel)
        {
            (_network, _connection, _worker, _near, _channel) = (network, connection, worker, near, channel);
            _peer = near.PeerAttemptOf(channel);
            connection.Channels.Add((near, channel, _peer));
        }

        public void SendHandshake()
        {
            CodecWriter writer = new();
            _near.HandshakeOf(_channel).Write(writer);
            Send(writer.Written, isHandshake: true);
        }

        public void Send(in ChannelElement element)
        {
            CodecWriter writer = _network._writer;
            writer.Clear();
            ElementCodec.Write(writer, element);
            element.Release();
            Send(writer.Written, isHandshake: false);
        }

        private void Send(ReadOnlySpan<byte> bytes, bool isHandshake) =>
            _network.Send(
                _connection, _worker, new Packet(_near.FarEndOf(_channel), _peer, _channel, _near.Attempt, isHandshake, bytes.ToArray()));
    }

    private sealed class WorkerChannels(SimulatedNetwork network, string worker) : ITaskChannels
    {
        public WorkerAddress? Address => null;

        public void Add(TaskEndpoint task, TaskLocations locations) => network._tasks[(task.Task, task.Attempt)] = (worker, task);

        // The ends of channels know the attempt of the other one, so what is late does no harm.
        public void Relocate(TaskEndpoint task, TaskLocations locations)
        {
        }

        public void Remove(TaskEndpoint task) => network._tasks.Remove((task.Task, task.Attempt));

        public IChannelPeer Connect(TaskEndpoint near, ChannelId channel) => network.Connect(worker, near, channel);
    }
}
