using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace QueryStream.Processes.Tests;

/// <summary>Takes what OpenTelemetry sends over HTTP, as a collector does.</summary>
internal sealed class OtlpServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];
    private readonly Task _loop;

    public OtlpServer()
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ProcessCluster.FreePort()}");
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _loop = Task.Run(ReceiveAsync);
    }

    /// <summary>Its address.</summary>
    public string Address { get; }

    /// <summary>Whether a text was sent as part of a signal: traces or metrics.</summary>
    public bool Has(string signal, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return _received.Any(one => one.Path == $"/v1/{signal}" && one.Body.AsSpan().IndexOf(bytes) >= 0);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext request = await _listener.GetContextAsync();
                using MemoryStream body = new();
                await request.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((request.Request.Url!.AbsolutePath, body.ToArray()));
                request.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed.
        }
    }
}
