using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>A server that answers each connection with the same bytes.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _loop;

    public FakeServer(string answer)
    {
        _listener.Start();
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _loop = Task.Run(() => ServeAsync(Encoding.ASCII.GetBytes(answer)));
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
    }

    private async Task ServeAsync(byte[] answer)
    {
        try
        {
            while (true)
            {
                using Socket client = await _listener.AcceptSocketAsync();
                await client.ReceiveAsync(new byte[100]);
                await client.SendAsync(answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
