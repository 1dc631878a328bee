using System.Net.Sockets;
using QueryStream.Core.Identity;
using QueryStream.Exchange.Frames;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>A bare connection to a worker, which sends any bytes.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ExchangeNode _node;

    public RawPeer(ExchangeNode node)
    {
        _node = node;
        _socket.Connect(node.Channels.Address.Host, node.Channels.Address.Port);
    }

    /// <summary>The hello of a worker that connects to the node.</summary>
    public Hello Hello(string name = "a") => new(
        "querystream", new WorkerLocation(new WorkerId(name), new WorkerAddress("127.0.0.1", 1)), _node.Worker, HelloPurpose.Connect, 1);

    public void Send(params ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>Reads the answer to a hello.</summary>
    public async Task MeetAsync()
    {
        Send(Hello().ToArray());
        byte[] answer = new byte[4096];
        Assert.True(await _socket.ReceiveAsync(answer) > 0);
    }

    /// <summary>Completes when the node has closed the connection.</summary>
    public async Task UntilClosedAsync()
    {
        byte[] rest = new byte[4096];
        try
        {
            while (await _socket.ReceiveAsync(rest) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed while bytes were under way.
        }
    }

    public void Dispose() => _socket.Dispose();
}
