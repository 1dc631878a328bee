using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>A server that answers each connection with the same bytes.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
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
        // The listener stops last: accepting from a stopped one is an error of its own.
        await _closing.CancelAsync();
        await _loop;
        _listener.Stop();
        _closing.Dispose();
    }

    private async Task ServeAsync(byte[] answer)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                using Socket client = await _listener.AcceptSocketAsync(_closing.Token);
                await client.ReceiveAsync(new byte[100], _closing.Token);
                await client.SendAsync(answer, _closing.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The client is gone, or the server is disposed.
            }
        }
    }
}
