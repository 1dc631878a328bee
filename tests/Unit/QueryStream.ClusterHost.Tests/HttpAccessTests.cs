using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Certificates;
using QueryStream.Cluster.Host.Http;
using QueryStream.Cluster.Strangers;
using QueryStream.Core.Errors;
using QueryStream.TestKit;

namespace QueryStream.Cluster.Host.Tests;

/// <summary>Which requests a process with certificates answers. Certificates that are shown are tested with real processes.</summary>
public sealed class HttpAccessTests
{
    private const string Self = "10.0.0.7";

    [Theory]
    [InlineData(null, "127.0.0.1", 200)]
    [InlineData(null, "::1", 200)]
    [InlineData(null, Self, 200)]
    [InlineData(null, "10.0.0.8", 400)]
    [InlineData(true, "127.0.0.1", 400)]
    [InlineData(false, "10.0.0.8", 200)]
    public async Task Without_TLS_only_this_machine_is_answered_unless_the_options_say_otherwise(bool? tls, string remote, int status)
    {
        (int actual, string body) = await AskAsync(new HttpOptions { Tls = tls }, remote, hasTls: false);
        Assert.Equal(status, actual);
        Assert.Equal(status == 400, body.Contains("Write https://coordinator-1:8081 and give", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "GET", "/overview", 200)]
    [InlineData(false, "HEAD", "/blobs/12", 200)]
    [InlineData(false, "GET", "/blobs/12", 403)]
    [InlineData(false, "GET", "/v1/blobs/12", 403)]
    [InlineData(true, "GET", "/overview", 403)]
    public async Task The_code_of_jobs_is_for_those_with_a_certificate_and_with_client_certificates_all_is(
        bool isAsked, string method, string path, int status)
    {
        HttpOptions options = new() { ClientCertificates = isAsked };
        (int actual, string body) = await AskAsync(options, "10.0.0.8", hasTls: true, method, path);
        Assert.Equal(status, actual);
        Assert.Equal(status == 403, body.Contains("shows no certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task The_code_of_jobs_does_not_travel_without_TLS(bool? tls)
    {
        Assert.Equal(400, (await AskAsync(new HttpOptions { Tls = tls }, "127.0.0.1", hasTls: false, "GET", "/blobs/12")).Status);
        Assert.Equal(200, (await AskAsync(new HttpOptions { Tls = tls }, "127.0.0.1", hasTls: false, "HEAD", "/blobs/12")).Status);
    }

    [Fact]
    public async Task With_client_certificates_nobody_is_answered_without_TLS() =>
        Assert.Equal(400, (await AskAsync(new HttpOptions { ClientCertificates = true }, "127.0.0.1", hasTls: false)).Status);

    [Fact]
    public void Options_that_certificates_do_not_allow_are_refused()
    {
        HttpOptions tls = new() { Tls = true };
        HttpOptions asked = new() { ClientCertificates = true };
        tls.RequireCertificates(hasCertificates: true);
        new HttpOptions { Tls = false }.RequireCertificates(hasCertificates: false);
        Assert.Contains("--tls DIR", Refused(() => tls.RequireCertificates(hasCertificates: false)), StringComparison.Ordinal);
        Assert.Contains("--tls DIR", Refused(() => asked.RequireCertificates(hasCertificates: false)), StringComparison.Ordinal);
        Assert.Contains("only TLS shows certificates", Refused((asked with { Tls = false }).Validate), StringComparison.Ordinal);
    }

    private static string Refused(Action action) => Assert.Throws<SettingException>(action).Message;

    private static async Task<(int Status, string Body)> AskAsync(
        HttpOptions options, string remote, bool hasTls, string method = "GET", string path = "/overview")
    {
        ApplicationBuilder application = new(new ServiceCollection().BuildServiceProvider());
        new HttpAccess(options, new StrangerLog(NullLogger.Instance, new ManualTime())).UseIn(application);
        application.Run(context =>
        {
            context.Response.StatusCode = 200;
            return Task.CompletedTask;
        });
        using MemoryStream body = new();
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Connection.LocalIpAddress = IPAddress.Parse(Self);
        (context.Request.Method, context.Request.Path, context.Request.Host) = (method, path, new HostString("coordinator-1:8081"));
        context.Response.Body = body;
        if (hasTls)
        {
            context.Features.Set(new PeerJudgement());
        }

        await application.Build()(context);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
