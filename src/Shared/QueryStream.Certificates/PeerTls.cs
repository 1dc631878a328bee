using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace QueryStream.Certificates;

/// <summary>
/// Mutual TLS of the connections between processes: both ends show a certificate that the cluster's own authority has signed. Names are not compared,
/// since processes know each other by addresses that change; who has a certificate of the authority belongs to the cluster. Safe on any thread.
/// </summary>
public sealed class PeerTls
{
    private readonly ClusterCertificates _certificates;
    private readonly SslStreamCertificateContext? _own;

    /// <summary>Creates it.</summary>
    /// <param name="certificates">This process's certificate, and the cluster's authority. Their owner disposes of them.</param>
    public PeerTls(ClusterCertificates certificates)
    {
        _certificates = certificates;
        _own = certificates.Own is { } own ? SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true) : null;
    }

    /// <summary>Secures a connection that came in.</summary>
    /// <returns>The stream for its bytes, which owns the given one.</returns>
    /// <exception cref="StrangerException">The other end shows no certificate, or one that is refused.</exception>
    /// <exception cref="AuthenticationException">It does not speak TLS, or refuses this process's certificate.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task<Stream> AcceptAsync(Stream plain, CancellationToken cancellationToken) => SecureAsync(plain, (secured, check) =>
        secured.AuthenticateAsServerAsync(ServerOptions(check), cancellationToken));

    /// <summary>
    /// The options of one connection of a server that secures connections itself. The connection is opened whatever the other end shows: the server
    /// refuses its requests in words, where TLS would only break off.
    /// </summary>
    /// <param name="judgement">Receives what to think of the other end, before its first request.</param>
    public SslServerAuthenticationOptions OptionsOfServer(out PeerJudgement judgement)
    {
        PeerJudgement own = judgement = new PeerJudgement();
        return ServerOptions((_, certificate, _, _) =>
        {
            own.Set(certificate, _certificates);
            return true;
        });
    }

    /// <summary>Secures a connection that this process has opened; else like <see cref="AcceptAsync"/>.</summary>
    public Task<Stream> ConnectAsync(Stream plain, CancellationToken cancellationToken) => SecureAsync(plain, (secured, check) =>
        secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                ClientCertificateContext = _own,
                CertificateChainPolicy = _certificates.CreatePolicy(),
                RemoteCertificateValidationCallback = check,
            },
            cancellationToken));

    private SslServerAuthenticationOptions ServerOptions(RemoteCertificateValidationCallback check) => new()
    {
        ServerCertificateContext = _own,
        ClientCertificateRequired = true,
        CertificateChainPolicy = _certificates.CreatePolicy(),
        RemoteCertificateValidationCallback = check,
    };

    private async Task<Stream> SecureAsync(Stream plain, Func<SslStream, RemoteCertificateValidationCallback, Task> authenticate)
    {
        SslStream secured = new(plain, leaveInnerStreamOpen: false);
        PeerJudgement judgement = new();
        try
        {
            await authenticate(secured, (_, certificate, _, _) => judgement.Set(certificate, _certificates)).ConfigureAwait(false);
            return secured;
        }
        catch (AuthenticationException e) when (judgement is { IsKnown: true, Problem: { } problem })
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw new StrangerException(problem, judgement.HasCertificate, e);
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}

/// <summary>What to think of the other end of a connection, which TLS itself does not tell. Written once, before the connection is used.</summary>
public sealed class PeerJudgement
{
    /// <summary>Why it does not belong to the cluster, as a part of a sentence; null: it does.</summary>
    public string? Problem { get; private set; } = "it shows no certificate";

    /// <summary>Whether it shows a certificate.</summary>
    public bool HasCertificate { get; private set; }

    /// <summary>Whether the handshake came so far.</summary>
    internal bool IsKnown { get; private set; }

    /// <returns>Whether it belongs to the cluster.</returns>
    internal bool Set(X509Certificate? certificate, ClusterCertificates certificates)
    {
        IsKnown = true;
        HasCertificate = certificate is not null;
        Problem = certificates.ReasonToRefuse(certificate as X509Certificate2);
        return Problem is null;
    }
}

/// <summary>The other end of a connection does not belong to the cluster. The message says why, as a part of a sentence.</summary>
public sealed class StrangerException : AuthenticationException
{
    /// <summary>Creates it.</summary>
    public StrangerException(string message, bool hasCertificate, Exception cause)
        : base(message, cause) => HasCertificate = hasCertificate;

    /// <summary>Whether it shows a certificate.</summary>
    public bool HasCertificate { get; }
}
