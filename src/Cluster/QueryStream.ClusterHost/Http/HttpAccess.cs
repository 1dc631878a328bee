using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueryStream.Certificates;
using QueryStream.Cluster.Strangers;
using QueryStream.Core.Errors;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.Cluster.Host.Http;

/// <summary>
/// Which requests a process with certificates answers. Those without TLS: from this machine, unless the options say otherwise, so that nothing leaves
/// it in the clear. Those with TLS: from everybody who shows no certificate that is not of the cluster, and with client certificates only from those
/// who show one that is. The code of jobs is for processes of the cluster only.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="strangers">Where to log who is refused.</param>
internal sealed class HttpAccess(HttpOptions options, StrangerLog strangers)
{
    /// <summary>Refuses all other requests, before anything else looks at them.</summary>
    public void UseIn(IApplicationBuilder application) => application.Use(async (context, next) =>
    {
        if (Refusal(context) is not (int status, string kind, string problem, string remedy))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        ConnectionInfo connection = context.Connection;
        strangers.Refused(new IPEndPoint(connection.RemoteIpAddress ?? IPAddress.None, connection.RemotePort).ToString(), $"http {kind}", problem);
        context.Response.Headers.Connection = "close";
        ErrorResponse error = new([$"{char.ToUpperInvariant(problem[0])}{problem[1..]}. {remedy}"]) { Code = nameof(ErrorCode.ServiceRefused) };
        await RestJson.WriteAsync(context, error, RestJson.Default.ErrorResponse, status).ConfigureAwait(false);
    });

    // Status, kind and reason for the log, remedy for the client.
    private (int Status, string Kind, string Problem, string Remedy)? Refusal(HttpContext context)
    {
        if (context.Features.Get<PeerJudgement>() is not { } peer)
        {
            return AnswersPlain(context.Connection) && !IsForCluster(context.Request) ? null : (
                StatusCodes.Status400BadRequest,
                "plain",
                "the HTTP request came without TLS, which this process asks for",
                $"Write https://{context.Request.Host} and give the directory with the cluster's ca.crt: --tls DIR or $QUERYSTREAM_TLS.");
        }

        if (peer.HasCertificate && peer.Problem is { } problem)
        {
            return (
                StatusCodes.Status403Forbidden,
                "stranger",
                problem,
                "Show a certificate of this cluster (--tls DIR with its node.crt and node.key), or none.");
        }

        return peer.HasCertificate || !(options.ClientCertificates || IsForCluster(context.Request)) ? null : (
            StatusCodes.Status403Forbidden,
            "no certificate",
            "the HTTPS request shows no certificate, and this process asks for one of the cluster",
            "Give the directory with node.crt and node.key: --tls DIR or $QUERYSTREAM_TLS.");
    }

    private bool AnswersPlain(ConnectionInfo connection) => options switch
    {
        { Tls: false } => true,
        { Tls: true } or { ClientCertificates: true } => false,
        _ => connection.IsOfThisMachine(),
    };

    // Submitters ask with HEAD what is missing; only workers read.
    private static bool IsForCluster(HttpRequest request) => HttpMethods.IsGet(request.Method)
        && (request.Path.StartsWithSegments("/blobs", StringComparison.OrdinalIgnoreCase)
            || request.Path.StartsWithSegments("/v1/blobs", StringComparison.OrdinalIgnoreCase));
}
